"""What can go wrong with targets and planning tasks."""

from shared.kit.errors import Conflict, NotFound


class TargetNotFound(NotFound):
    code = "bond.library-target-not-found"

    def __init__(self, target_id: str) -> None:
        super().__init__(f"没有入库目标 {target_id}。", target_id=target_id)


class TargetExists(Conflict):
    code = "bond.library-target-exists"

    def __init__(self, region: str) -> None:
        super().__init__(f"{region} 已有入库目标，请修改已有目标。", pointer="/region", region=region)


class TaskNotFound(NotFound):
    code = "bond.planning-task-not-found"

    def __init__(self, task_id: str) -> None:
        super().__init__(f"没有谋划任务 {task_id}。", task_id=task_id)


class TaskExists(Conflict):
    code = "bond.planning-task-exists"

    def __init__(self, department: str) -> None:
        super().__init__(f"{department} 已有谋划任务，请修改已有任务。", pointer="/department", department=department)
