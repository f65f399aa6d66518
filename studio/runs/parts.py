"""What this installation gives its engine and its workers: bundles, artifacts, trust, logs, the network."""

from dataclasses import dataclass, field

from executors.artifacts import ArtifactStore
from executors.coordination.dispatch import ExecutionPort
from executors.egress import Egress
from executors.execution import Execution
from executors.settling import SettlingArtifacts
from executors.trust import TrustPolicy
from studio.deployment import Deployment
from studio.runs.artifacts import artifact_store
from studio.runs.bundles import ReadBundles
from studio.runs.engine_thread import EngineParts, engine_host
from studio.runs.health import tell_rung
from studio.runs.logs import LogStore
from studio.runs.readying import Readying
from studio.runs.remote.port import RemotePort, RoutedPort
from studio.runs.remote.worker import Worker
from studio.runs.trust import BundleTrust


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What executions of one process stand on; `close` it after them."""

    place: Deployment
    artifacts: ArtifactStore = field(default_factory=artifact_store)
    bundles: ReadBundles = field(default_factory=ReadBundles)
    trust: BundleTrust = field(default_factory=BundleTrust)
    logs: LogStore = field(default_factory=LogStore)

    def execution(self) -> Execution:
        return Execution(
            bundles=self.bundles,
            artifacts=self.artifacts,
            policy=TrustPolicy(trust_of=self.trust),
            folder=self.place.data / "sandbox",
            logs=self.logs,
            egress=Egress(private_hosts=self.place.private_hosts),
        )

    def close(self) -> None:
        self.bundles.close()
        self.trust.close()
        self.logs.close()


def engine_parts(place: Deployment, *, is_alone: bool) -> EngineParts:
    """`is_alone`: this process holds the lock of the data folder."""
    folder = artifact_store()
    folder.remove_leavings()
    # Of this process alone: a worker's outputs must be durable before it answers.
    ground = Ground(place=place, artifacts=SettlingArtifacts(folder))
    readying: list[Readying] = []

    def make_port() -> ExecutionPort:
        local = ground.execution()
        readying.append(Readying(local))
        return (
            RoutedPort(local=local, remote=_remote_port(ground.artifacts)) if place.remote_queues else local
        )

    async def close_port(port: ExecutionPort) -> None:
        assert isinstance(port, Execution | RoutedPort)
        for each in readying:
            await each.close()
        await port.close()
        ground.close()

    return EngineParts(
        make_port=make_port,
        close_port=close_port,
        artifacts=ground.artifacts,
        read_contract=ground.bundles.contract,
        is_alone=is_alone,
        find_rung=_find_rung,
    )


def _remote_port(artifacts: ArtifactStore) -> RemotePort:
    # Celery takes a third of a second to import, and one process with everything in it needs none.
    from studio.celery import call_worker

    return RemotePort(host=engine_host(), store=artifacts, ring=call_worker)


async def _find_rung(port: ExecutionPort) -> int:
    execution = port.local if isinstance(port, RoutedPort) else port
    assert isinstance(execution, Execution)
    rung = await execution.rung()
    tell_rung(rung)
    return rung.number


def new_worker(ground: Ground, name: str) -> Worker:
    return Worker(name=name, make_execution=ground.execution, store=ground.artifacts, bundles=ground.bundles)
