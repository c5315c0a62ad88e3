"""febrl3 and febrl4 by Splink, as its documents advise: `python rival_splink.py FOLDER` where Splink is installed.

Prints lines `NAME VALUE`. The blocking is that of `schemas/linkage/febrl.yml` as far as Splink says it; m and u by
expectation and maximisation; pairs from a probability of a half on, one to one for febrl4.
"""

import csv
import logging
import sys
import time
from pathlib import Path

import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

COMPARISONS = [
    cl.NameComparison("given_name"),
    cl.NameComparison("surname"),
    cl.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
    cl.LevenshteinAtThresholds("address_1", [2, 4]),
    cl.LevenshteinAtThresholds("address_2", [2, 4]),
    cl.LevenshteinAtThresholds("suburb", [1, 2]),
    cl.DamerauLevenshteinAtThresholds("postcode", [1]),
    cl.LevenshteinAtThresholds("street_number", [1]),
    cl.ExactMatch("state"),
]
BLOCKING = ["given_name", "surname", "date_of_birth", "postcode", "substr(address_1, 1, 8)"]
CERTAIN = [["given_name", "surname", "date_of_birth"], ["postcode", "date_of_birth"]]
TRAINED = [["date_of_birth"], ["postcode"], ["surname", "given_name"]]


def figures(folder: Path, name: str, files: list[str], kind: str) -> None:
    """Print F1 and seconds of one set."""
    frames = []
    for file in files:
        frame = pd.read_csv(folder / f"{file}.csv", dtype=str).rename(columns={"rec_id": "unique_id"})
        frames.append(frame.apply(lambda column: column.str.strip()).replace("", None))
    rules = [block_on(rule) for rule in BLOCKING] + [block_on("suburb", "street_number")]
    settings = SettingsCreator(link_type=kind, comparisons=COMPARISONS, blocking_rules_to_generate_predictions=rules)
    began = time.monotonic()
    database = DuckDBAPI()
    linker = Linker([database.register(frame) for frame in frames], settings)
    linker.training.estimate_probability_two_random_records_match([block_on(*rule) for rule in CERTAIN], recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7)
    for rule in TRAINED:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    pairs = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    if len(files) > 1:
        pairs = pairs.sort_values("match_weight", ascending=False)
        pairs = pairs[~pairs.duplicated("unique_id_l") & ~pairs.duplicated("unique_id_r")]
    seconds = time.monotonic() - began
    with (folder / f"{name}_links.csv").open() as lines:
        true = {tuple(sorted((row["a"].strip(), row["b"].strip()))) for row in csv.DictReader(lines)}
    found = {tuple(sorted(pair)) for pair in zip(pairs.unique_id_l, pairs.unique_id_r, strict=True)}
    print(f"splink_{name}_pairs_f1", 2 * len(found & true) / (len(found) + len(true)))
    print(f"splink_{name}_s", round(seconds, 1))


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    figures(Path(sys.argv[1]), "febrl3", ["febrl3"], "dedupe_only")
    figures(Path(sys.argv[1]), "febrl4", ["febrl4a", "febrl4b"], "link_only")
