"""What requests, items, events and refusals look like."""
