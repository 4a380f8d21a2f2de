"""What the HTML page shows, prepared one module for each of its parts; the templates are in ``reports/html``."""
