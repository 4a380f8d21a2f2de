"""Builds the compiled capture kernel; everything else about the package is in setup.cfg."""

from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

MODULES = sorted(p for p in Path("scanner/capture/kernel").glob("*.py") if p.name != "__init__.py")

setup(
    ext_modules=cythonize(
        [Extension(".".join(p.with_suffix("").parts), [p.as_posix()]) for p in MODULES],
        language_level=3,
    )
)
