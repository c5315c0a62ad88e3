"""One file per migration; the first creates every table from frozen SQL files beside it."""
