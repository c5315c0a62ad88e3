"""A simulated province with a known truth, served over real protocols. The hub never reads its truth."""
