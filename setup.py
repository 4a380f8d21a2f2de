"""Builds the compiled capture kernel and finds the packages; everything else is in setup.cfg."""

from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, find_packages, setup

MODULES = sorted(p for p in Path("scanner/capture/kernel").glob("*.py") if p.name != "__init__.py")

setup(
    packages=[*find_packages(include=["scanner", "scanner.*"]), "scanner.rules", "scanner.reports"],
    ext_modules=cythonize(
        [Extension(".".join(p.with_suffix("").parts), [p.as_posix()]) for p in MODULES],
        language_level=3,
    ),
)
