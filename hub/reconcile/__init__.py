"""Which records are one dossier, which values are right, how it looked before. Pure where it can be."""
