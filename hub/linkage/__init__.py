"""Records without a common key: how alike they are, by a pinned model whose every weight can be read."""
