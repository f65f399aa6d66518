"""What this installation gives its engine: bundles, artifacts, trust, logs, the way out to the network."""

from executors.coordination.dispatch import ExecutionPort
from executors.egress import Egress
from executors.execution import Execution
from executors.trust import TrustPolicy
from studio.catalog.bundles import DatabaseBundles
from studio.deployment import Deployment
from studio.runs.artifacts import artifact_store
from studio.runs.engine_thread import EngineParts
from studio.runs.health import tell_rung
from studio.runs.logs import LogStore
from studio.runs.trust import BundleTrust


def engine_parts(place: Deployment, *, is_alone: bool) -> EngineParts:
    """`is_alone`: this process holds the lock of the data folder."""
    bundles = DatabaseBundles()
    trust = BundleTrust()
    logs = LogStore()

    def make_port() -> Execution:
        return Execution(
            bundles=bundles,
            artifacts=artifact_store(),
            policy=TrustPolicy(trust_of=trust),
            folder=place.data / "sandbox",
            logs=logs,
            egress=Egress(),
        )

    async def close_port(port: ExecutionPort) -> None:
        assert isinstance(port, Execution)
        await port.close()
        trust.close()
        logs.close()

    return EngineParts(
        make_port=make_port,
        close_port=close_port,
        artifacts=artifact_store(),
        read_contract=bundles.contract,
        is_alone=is_alone,
        find_rung=_find_rung,
    )


async def _find_rung(port: ExecutionPort) -> int:
    assert isinstance(port, Execution)
    rung = await port.rung()
    tell_rung(rung)
    return rung.number
