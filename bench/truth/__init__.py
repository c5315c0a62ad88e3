"""How right the hub is, against truths that it has never seen: `make truth`."""
