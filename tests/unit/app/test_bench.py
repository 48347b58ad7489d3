"""The figures of `tidegate bench`: all measured, nothing left behind."""

import pytest

from tidegate.app import bench


def test_every_figure_is_measured_and_nothing_is_left(tmp_path, monkeypatch: pytest.MonkeyPatch):
    for name, few in (("APPENDS", 50), ("GROUPS", 2), ("SEEDS", 1)):
        monkeypatch.setattr(bench, name, few)
    figures = list(bench.bench(tmp_path / "home"))
    assert [figure.unit for figure in figures] == ["us", "ms", "ms", "thousand events/s"]
    assert all(figure.value > 0 for figure in figures)
    assert list((tmp_path / "home").iterdir()) == []
