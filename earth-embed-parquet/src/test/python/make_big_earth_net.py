"""Writes a table with the columns of BigEarthNet v2's metadata.parquet, for BigEarthNetTest.

    python make_big_earth_net.py ../resources/io/earthembed/parquet/big-earth-net.parquet
"""

import sys

import pandas as pd

TILE = "S2A_MSIL2A_20170613T101031_N9999_R022_T33UUP"
LABELS = [["Pastures", "Arable land"], ["Mixed forest"], ["Pastures"], ["Inland waters", "Mixed forest", "Pastures"]]
SPLITS = ["test", "test", "train", "validation"]
rows = [
    {
        "patch_id": f"{TILE}_{26 + number}_57",
        "labels": labels,
        "split": split,
        "country": "Austria",
        "s1_name": f"S1A_IW_GRDH_1SDV_20170613T165043_33UUP_{26 + number}_57",
        "s2v1_name": f"S2A_MSIL2A_20170613T101031_{26 + number}_57",
        "contains_seasonal_snow": False,
        "contains_cloud_or_shadow": False,
    }
    for number, (labels, split) in enumerate(zip(LABELS, SPLITS))
]
pd.DataFrame(rows).to_parquet(sys.argv[1], index=False, row_group_size=3)
