"""How wasmtime is set up inside the sandbox.

Owns:      the settings that compiling and running share, and the pool that instances of core modules are made from.
Promises:  what was compiled runs with the pool and without it; what a call leaves in the pool, no other finds.
"""

import importlib
from typing import Any, Final

# Addresses set aside for each memory: whatever a module names with 32 bits lies within, so that code need not ask.
_RESERVED_BYTES: Final = 1 << 32
_GUARD: Final = 1 << 16
_GROWTH_BYTES: Final = 1 << 20
_RESIDENT_BYTES: Final = 1 << 17  # more than the smallest memory, which is never given back then
# How far a table may grow there: 8 bytes each that count as data, whether they are used or not.
_ELEMENTS: Final = 1 << 20
_POOL: Final = {
    "total_core_instances": 2,  # the one that ends and the one that is made ahead
    "total_memories": 2,
    "total_tables": 2,
    "total_gc_heaps": 2,
    "total_stacks": 0,
    "max_memories_per_module": 1,
    "max_tables_per_module": 1,
    "table_elements": _ELEMENTS,
    "linear_memory_keep_resident": _RESIDENT_BYTES,
    "table_keep_resident": _RESIDENT_BYTES,
    "max_unused_warm_slots": 2,
    "decommit_batch_size": 1,
}


def configuration(runtime: Any) -> Any:
    """The same for compiling and running: code is compiled for these settings."""
    config = runtime.Config()
    config.epoch_interruption = True
    config.parallel_compilation = False
    config.memory_reservation = _RESERVED_BYTES
    config.memory_reservation_for_growth = _GROWTH_BYTES
    config.memory_guard_size = _GUARD
    config.memory_init_cow = False
    config.cranelift_nan_canonicalization = True
    config.wasm_threads = False
    return config


def pooled(runtime: Any, memory_bytes: int) -> Any:
    """An engine that keeps what an instance is made of for the next one: half the time of mapping it anew.

    It refuses modules that need more than the pool has.
    """
    config = configuration(runtime)
    native = importlib.import_module("wasmtime._ffi")
    pool = native.wasmtime_pooling_allocation_config_new()
    for name, value in {**_POOL, "max_memory_size": min(memory_bytes, _RESERVED_BYTES)}.items():
        getattr(native, f"wasmtime_pooling_allocation_config_{name}_set")(pool, value)
    native.wasmtime_pooling_allocation_strategy_set(config.ptr(), pool)
    native.wasmtime_pooling_allocation_config_delete(pool)
    return runtime.Engine(config)
