"""Pure columnar functions that give source values one meaning, driven by a mapping."""
