"""Plugins that misbehave in every way that is known, through the commands that meet them."""

from __future__ import annotations

import pytest

from tests.third_party.zoo import ZOO, Animal
from tools.chaos.commands import fault_of_animal


@pytest.mark.parametrize("animal", ZOO, ids=lambda animal: animal.name)
def test_a_plugin_that_misbehaves_is_one_line(tmp_path, animal: Animal):
    assert fault_of_animal(animal, tmp_path) is None
