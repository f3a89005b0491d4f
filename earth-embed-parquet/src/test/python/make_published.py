"""Writes small files with the schemas of published embedding datasets, which PublishedSchemasTest reads.

Needs pyarrow 26.0.1, geopandas 1.2.0, pyproj 3.7.2 and pandas 3.1.1. Usage: python make_published.py FOLDER

Columns, types, metadata and faults are those of published samples: Earth Index, Clay v0 and Planet's as in the repository
cloudnativegeo/geo-embeddings-survey, LGND's Clay v1.5 as in its registry entry, MajorTOM's and EarthEmbeddingExplorer's
as on their cards. Values are synthetic. expected.json holds what pyarrow reads back, with centroids by shapely and
their longitude and latitude by pyproj.
"""

import datetime
import json
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
expected = {}
rng = np.random.default_rng(7)
CENTERS = [(-56.6, -1.2), (13.4, 52.5), (179.999, -17.0), (0.0, 0.0), (-120.25, 38.125)]
N = len(CENTERS)
S2 = ["S2B_MSIL2A_20240607T10155%d_N0510_R065_T33UUU_20240607T133302" % i for i in range(N)]


def vectors(dimension):
    return list(rng.standard_normal((N, dimension)).astype(np.float32))


def squares(crs, meters):
    """Squares around the centers, with sides along the axes of a reference system."""
    to = pyproj.Transformer.from_crs("OGC:CRS84", crs, always_xy=True)
    half = meters / 2 if not pyproj.CRS(crs).is_geographic else meters / 2 / 111_320
    boxes = []
    for lon, lat in CENTERS:
        x, y = to.transform(lon, lat)
        boxes.append(shapely.box(x - half, y - half, x + half, y + half))
    return boxes


def expect(name, id_column, time, product, embedding="embedding", center=None):
    """Records what pyarrow reads."""
    file = pq.ParquetFile(folder / f"{name}.parquet")
    rows = file.read().to_pydict()
    geo = json.loads(file.metadata.metadata[b"geo"])["columns"]["geometry"]
    crs = pyproj.CRS.from_json_dict(geo["crs"]) if "crs" in geo else "OGC:CRS84"
    to = pyproj.Transformer.from_crs(crs, "OGC:CRS84", always_xy=True)
    tiles = []
    for i in range(len(rows[embedding])):
        if rows[embedding][i] is None:
            continue
        if center:
            lon, lat = rows[center[0]][i], rows[center[1]][i]
        else:
            shape = shapely.from_wkb(rows["geometry"][i])
            lon, lat = to.transform(shape.centroid.x, shape.centroid.y)
        when = rows[time][i] if time else None
        if isinstance(when, str):
            when = datetime.datetime.strptime(when, "%Y%m%dT%H%M%S")
        if isinstance(when, datetime.datetime):
            when = int(pd.Timestamp(when).tz_localize("UTC").timestamp() if when.tzinfo is None else when.timestamp())
        elif isinstance(when, datetime.date):
            when = (when - datetime.date(1970, 1, 1)).days * 86400
        tiles.append({
            "id": str(rows[id_column][i]) if id_column else str(i),
            "product": rows[product][i] if product else None,
            "time": when,
            "lon": float(lon),
            "lat": float(lat),
            "embedding": [float(v) for v in rows[embedding][i][:4]] + [float(rows[embedding][i][-1])],
        })
    dimension = len(rows[embedding][0])
    expected[name] = {"dimension": dimension, "tiles": tiles}


# Earth Index: geometries and fixed-size lists by GeoPandas and pyarrow, and an emb key beside geo.
frame = gpd.GeoDataFrame({"id": [f"21MNT_{i}" for i in range(N)]}, geometry=squares("EPSG:4326", 320), crs="EPSG:4326")
frame.to_parquet(folder / "geometry.tmp")
geometry = pq.read_table(folder / "geometry.tmp")
emb = {
    "version": "0.0.1",
    "model": {"id": "dinov2_vits14_softcon", "version": "2.0.0", "family": "DinoV2", "name": "SoftCon",
              "source": "https://github.com/zhu-xlab/softcon"},
    "providers": [{"name": "EarthGenome", "url": "https://earthgenome.org"}],
    "license": "CC-BY-4.0",
    "datetime": "2023-07-02T00:00:00Z",
    "start_datetime": "2023-01-01T00:00:00Z",
    "end_datetime": "2024-01-01T00:00:00Z",
    "embedding": {"dim": 384, "quantization": "None"},
}
table = pa.table({
    "id": geometry["id"],
    "embedding": pa.array(vectors(384), pa.list_(pa.float32(), 384)),
    "geometry": geometry["geometry"],
}).replace_schema_metadata({"geo": geometry.schema.metadata[b"geo"], "emb": json.dumps(emb)})
pq.write_table(table, folder / "earth-index.parquet")
expect("earth-index", "id", None, None)

# Clay v0: a GeoDataFrame with Arrow-backed columns; index counts from 0 in each file.
frame = gpd.GeoDataFrame(
    {
        "index": np.arange(N),
        "source_url": pd.array([f"s3://clay-tiles-02/02/03WVN/2022-06-10/claytile_03WVN_20220610_v02_{i:04}.tif"
                                for i in range(N)], dtype="string[pyarrow]"),
        "date": pd.array([datetime.date(2022, 6, 10 + i) for i in range(N)], dtype=pd.ArrowDtype(pa.date32())),
        "embeddings": vectors(768),
    },
    geometry=squares("OGC:CRS84", 5120), crs="OGC:CRS84")
frame.to_parquet(folder / "clay-v0.parquet", compression="ZSTD")
expect("clay-v0", "source_url", "date", None, "embeddings")

# LGND's Clay v1.5: cells of 2,560 m, a bbox struct and its covering.
frame = gpd.GeoDataFrame(
    {
        "chips_id": [f"{i:08x}-chip" for i in range(N)],
        "cell_id": [f"cell-{i}" for i in range(N)],
        "rasters_id": [f"raster-{i}" for i in range(N)],
        "stac_item_id": S2,
        "collection": ["sentinel-2-l2a"] * N,
        "datetime": pd.to_datetime(["2024-06-07T10:15:59Z"] * N) + pd.to_timedelta(np.arange(N), "h"),
        "embedding": vectors(1024),
    },
    geometry=squares("OGC:CRS84", 2560), crs="OGC:CRS84")
frame.to_parquet(folder / "lgnd-clay-v1_5.parquet", write_covering_bbox=True, schema_version="1.1.0")
expect("lgnd-clay-v1_5", "chips_id", "datetime", "stac_item_id")

# Planet's sample: no id, the center in degrees, geometries in degrees that claim to be Web Mercator, and a row without
# an embedding, as published.
planet = vectors(512)
frame = gpd.GeoDataFrame(
    {
        "datetime": pd.to_datetime(["2023-01-01T13:00:00"] * N),
        "centroid_lat": [lat for lon, lat in CENTERS],
        "centroid_lon": [lon for lon, lat in CENTERS],
        "related_to_event_id": [f"event-{i}" for i in range(N)],
        "chip_size": [224] * N,
        "embedding_thumbnail_uri": [f"gs://thumbnails/{i}.png" for i in range(N)],
        "cloud_percent": pd.array([0, 1, None, 50, 100], dtype="Int64"),
        "embedding": [None if i == 1 else row for i, row in enumerate(planet)],
    },
    geometry=squares("OGC:CRS84", 672))
frame.set_crs("EPSG:3857").to_parquet(folder / "planet.parquet")
expect("planet", None, "datetime", None, center=("centroid_lon", "centroid_lat"))
# The same without the center, in true Web Mercator and in that false one.
frame = frame.drop(columns=["centroid_lat", "centroid_lon"]).assign(embedding=planet)
frame.set_crs("EPSG:3857").to_parquet(folder / "planet-degrees.parquet")
frame.set_geometry(squares("EPSG:3857", 672), crs="EPSG:3857").to_parquet(folder / "planet-geometry.parquet")
expect("planet-geometry", None, "datetime", None)

# MajorTOM Core SigLIP, and EarthEmbeddingExplorer's sets, which add the source.
columns = {
    "unique_id": [f"{i:064x}" for i in range(N)],
    "embedding": vectors(1152),
    "timestamp": ["20240607T10155%d" % i for i in range(N)],
    "product_id": S2,
    "grid_cell": ["13D_699L", "584U_363R", "189D_1912R", "0U_0R", "424U_1052L"],
    "grid_row_u": np.array([-13, 584, -189, 0, 424], np.int16),
    "grid_col_r": np.array([-699, 363, 1912, 0, -1052], np.int16),
    "centre_lat": [lat for lon, lat in CENTERS],
    "centre_lon": [lon for lon, lat in CENTERS],
    "utm_footprint": ["POLYGON ((0 0, 0 1, 1 1, 1 0, 0 0))"] * N,
    "utm_crs": ["EPSG:32633"] * N,
    "pixel_bbox": [np.array([0, 0, 384, 384])] * N,
}
frame = gpd.GeoDataFrame(columns, geometry=squares("EPSG:4326", 3840), crs="EPSG:4326")
frame.to_parquet(folder / "majortom-siglip.parquet")
expect("majortom-siglip", "unique_id", "timestamp", "product_id", center=("centre_lon", "centre_lat"))
frame["parquet_row"] = np.arange(N)
frame["parquet_url"] = ["https://www.modelscope.cn/datasets/Major-TOM/Core-S2L2A-249k/resolve/master/images_249k/part_00001.parquet"] * N
frame.to_parquet(folder / "eee-249k.parquet")
expect("eee-249k", "unique_id", "timestamp", "product_id", center=("centre_lon", "centre_lat"))
# The set of another model: ids, order and choice of rows differ, so that only cell and product join them.
other = frame.iloc[[4, 2, 1, 0]].reset_index(drop=True)
other["unique_id"] = [f"{1000 + i:064x}" for i in range(4)]
other["embedding"] = vectors(1024)[:4]
other.to_parquet(folder / "eee-249k-dinov2.parquet")
expect("eee-249k-dinov2", "unique_id", "timestamp", "product_id", center=("centre_lon", "centre_lat"))

(folder / "geometry.tmp").unlink()
(folder / "expected.json").write_text(json.dumps(expected, indent=1))
