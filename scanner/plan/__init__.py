"""What to capture next, so that the most rules without evidence become decidable."""
