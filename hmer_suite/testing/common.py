"""Tests that all contracts share."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, ClassVar

from hmer_suite import registry


class Contract:
    """Contract of every kind: the spec is sound and is found by its name."""

    kind: ClassVar[str]
    spec: Any

    def test_the_spec_is_sound(self) -> None:
        fault = registry.fault(self.spec, self.kind)
        assert fault is None, fault

    def test_it_is_found_by_its_name(self) -> None:
        plugin, found = registry.find(self.kind, self.spec.name)
        assert found == self.spec, f"{plugin} offers another {self.spec.name}"

    def test_its_module_is_quick_to_import(self) -> None:
        """Listing plugins must not import heavy libraries."""
        plugin, _ = registry.find(self.kind, self.spec.name)
        program = f"import sys, {plugin.module.partition(':')[0]}; print(*sys.modules)"
        modules = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        heavy = {"torch", "torchvision", "tensorflow", "cv2", "matplotlib", "scipy"} & set(
            modules.stdout.split()
        )
        assert not heavy, (
            f"importing {plugin.module} imports {', '.join(sorted(heavy))}: do so inside functions"
        )
