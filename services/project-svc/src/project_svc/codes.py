"""Code lists of the project service with their Chinese labels."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class ProjectKind(StrEnum):
    """续建 (begun in an earlier year), 新建 (begins in its plan year), 前期 (not yet in a plan of works)."""

    CONTINUING = "continuing"
    NEW = "new"
    PREPARATORY = "preparatory"


class ProjectState(StrEnum):
    """已登记、待开(复)工、在建、停缓建、竣工."""

    REGISTERED = "registered"
    READY = "ready"
    UNDER_CONSTRUCTION = "under_construction"
    SUSPENDED = "suspended"
    COMPLETED = "completed"


class Role(StrEnum):
    """The three who answer for a project, each exactly one at a time (包抓领导、牵头单位、责任人)."""

    SPONSOR_POST = "sponsor_post"
    LEAD_DEPARTMENT = "lead_department"
    RESPONSIBLE_PERSON = "responsible_person"


class Sector(StrEnum):
    """What a project is for."""

    INDUSTRY = "industry"
    ENERGY = "energy"
    TRANSPORT = "transport"
    MUNICIPAL = "municipal"
    WATER = "water"
    AGRICULTURE = "agriculture"
    HEALTH = "health"
    EDUCATION = "education"
    CULTURE_TOURISM = "culture_tourism"
    HOUSING = "housing"
    ENVIRONMENT = "environment"
    COMMERCE = "commerce"
    DIGITAL = "digital"
    SOCIAL_SERVICES = "social_services"

    @property
    def label(self) -> str:
        return SECTOR_LABELS[self]


class FundingSource(StrEnum):
    """Where a project's money comes from."""

    CENTRAL_BUDGET = "central_budget"
    PROVINCIAL_BUDGET = "provincial_budget"
    LOCAL_BUDGET = "local_budget"
    SPECIAL_BOND = "special_bond"
    GENERAL_BOND = "general_bond"
    BANK_LOAN = "bank_loan"
    SELF_RAISED = "self_raised"
    OTHER = "other"


class Stage(StrEnum):
    """The stages of a project, in their usual order (`domain.md` §3.2)."""

    CODE_ASSIGNMENT = "code_assignment"
    APPROVAL = "approval"
    LAND_PRELIMINARY = "land_preliminary"
    LAND = "land"
    ENVIRONMENTAL_REVIEW = "environmental_review"
    ENERGY_REVIEW = "energy_review"
    PLANNING_PERMIT = "planning_permit"
    DRAWING_REVIEW = "drawing_review"
    TENDER = "tender"
    CONSTRUCTION_PERMIT = "construction_permit"
    START = "start"
    RESUMPTION = "resumption"
    STATISTICS_ENTRY = "statistics_entry"
    STRUCTURE = "structure"
    ACCEPTANCE = "acceptance"
    FILING = "filing"
    OPERATION = "operation"

    @property
    def label(self) -> str:
        return STAGE_LABELS[self]


SYNTHETIC_LABEL: Final = "合成数据"

SECTOR_LABELS: Final = MappingProxyType(
    {
        Sector.INDUSTRY: "工业",
        Sector.ENERGY: "能源",
        Sector.TRANSPORT: "交通",
        Sector.MUNICIPAL: "市政",
        Sector.WATER: "水利",
        Sector.AGRICULTURE: "农业农村",
        Sector.HEALTH: "医疗卫生",
        Sector.EDUCATION: "教育",
        Sector.CULTURE_TOURISM: "文化旅游",
        Sector.HOUSING: "住房保障",
        Sector.ENVIRONMENT: "生态环保",
        Sector.COMMERCE: "商贸物流",
        Sector.DIGITAL: "数字信息",
        Sector.SOCIAL_SERVICES: "社会民生",
    }
)

STAGE_LABELS: Final = MappingProxyType(
    {
        Stage.CODE_ASSIGNMENT: "赋码",
        Stage.APPROVAL: "立项",
        Stage.LAND_PRELIMINARY: "用地预审与选址意见书",
        Stage.LAND: "用地",
        Stage.ENVIRONMENTAL_REVIEW: "环评",
        Stage.ENERGY_REVIEW: "能评",
        Stage.PLANNING_PERMIT: "工程规划许可证",
        Stage.DRAWING_REVIEW: "施工图审查",
        Stage.TENDER: "招投标",
        Stage.CONSTRUCTION_PERMIT: "施工许可证（或开工报告）",
        Stage.START: "开工",
        Stage.RESUMPTION: "复工",
        Stage.STATISTICS_ENTRY: "入统",
        Stage.STRUCTURE: "主体完工",
        Stage.ACCEPTANCE: "竣工验收",
        Stage.FILING: "竣工备案",
        Stage.OPERATION: "转固运营",
    }
)

KIND_LABELS: Final = MappingProxyType(
    {ProjectKind.CONTINUING: "续建", ProjectKind.NEW: "新建", ProjectKind.PREPARATORY: "前期"},
)

STATE_LABELS: Final = MappingProxyType(
    {
        ProjectState.REGISTERED: "已登记",
        ProjectState.READY: "待开（复）工",
        ProjectState.UNDER_CONSTRUCTION: "在建",
        ProjectState.SUSPENDED: "停缓建",
        ProjectState.COMPLETED: "竣工",
    }
)

ROLE_LABELS: Final = MappingProxyType(
    {Role.SPONSOR_POST: "包抓领导", Role.LEAD_DEPARTMENT: "牵头单位", Role.RESPONSIBLE_PERSON: "责任人"},
)
