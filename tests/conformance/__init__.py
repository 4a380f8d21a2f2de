"""What otaudit decodes beside what tshark decodes, over any folder of captures: ``python -m tests.conformance FOLDER``.

tshark is a reference, not the truth: ``docs/conformance.md`` explains every remaining difference.
"""
