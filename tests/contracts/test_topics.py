"""The topics that the production edge declares are those of the catalogue."""

from pathlib import Path

import yaml

from shared.contracts.catalogue import SERVICES, dead_letter_topic_of, topic_of
from shared.kit.kafka import PARTITIONS

DECLARED = yaml.safe_load((Path(__file__).parents[2] / "deploy/kafka/topics.yaml").read_text(encoding="utf-8"))


def test_every_topic_of_the_catalogue_is_declared_and_no_other() -> None:
    expected = {topic for service in SERVICES for topic in (topic_of(service), dead_letter_topic_of(service))}
    assert set(DECLARED["topics"]) == expected
    assert len(DECLARED["topics"]) == len(expected)


def test_the_declared_number_of_partitions_is_the_one_that_the_bus_makes() -> None:
    assert DECLARED["partitions"] == PARTITIONS
