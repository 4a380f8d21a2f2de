"""Bristol Standard Asynchronous Protocol."""
