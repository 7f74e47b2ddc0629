#!/usr/bin/env bash
# Creates what topics.yaml lists and is missing; what exists is left as it is.
set -euo pipefail

declared=/etc/diaodu/topics.yaml
partitions=$(sed -n 's/^partitions: //p' "$declared")
retention_days=$(sed -n 's/^retention_days: //p' "$declared")

create() {
  /opt/kafka/bin/kafka-topics.sh --bootstrap-server "$KAFKA_BOOTSTRAP" --create --if-not-exists --topic "$1" \
    --partitions "$partitions" --replication-factor "$KAFKA_REPLICATION" \
    --config "min.insync.replicas=$KAFKA_MIN_IN_SYNC" --config "retention.ms=$((retention_days * 86400000))"
}

existing=$(/opt/kafka/bin/kafka-topics.sh --bootstrap-server "$KAFKA_BOOTSTRAP" --list)
for topic in $(sed -n 's/^  - //p' "$declared"); do
  grep -qxF "$topic" <<<"$existing" || create "$topic"
done
