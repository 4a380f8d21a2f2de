"""Report templates, styles and translations: data only, installed as ``scanner.reports``."""
