"""Writes what TablesTest reads of Spark's own writer, which is parquet-mr's: the table of make_tables.py in pages of both
versions, with and without dictionaries, and in the forms of Spark before 1.6. Needs pyspark 4.0.1 and a JDK 17.

Usage: python make_spark_tables.py FOLDER, in which make_tables.py has written
"""

import shutil
import sys
from pathlib import Path

from pyspark.sql import SparkSession, functions as f

folder = Path(sys.argv[1])
spark = (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
         .config("spark.sql.session.timeZone", "UTC").getOrCreate())
hadoop = spark.sparkContext._jsc.hadoopConfiguration()
table = spark.read.parquet(str(folder / "pyarrow-v1.parquet")).orderBy(f.length("unique_id"), "unique_id")


def write(name, frame, dictionary=True, version="v1", legacy=False):
    out = folder / f"{name}-spark"
    spark.conf.set("spark.sql.parquet.writeLegacyFormat", str(legacy).lower())
    # Pages of few rows, so that a chunk has several.
    (frame.coalesce(1).write.mode("overwrite").option("parquet.enable.dictionary", str(dictionary).lower())
     .option("parquet.writer.version", version).option("parquet.page.row.count.limit", "15").parquet(str(out)))
    next(out.glob("part-*.parquet")).rename(folder / f"{name}.parquet")
    shutil.rmtree(out)


time = f.to_timestamp("timestamp", "yyyyMMdd'T'HHmmss") + f.expr("interval 250 milliseconds")
write("spark-v1", table)
write("spark-v1-plain", table, dictionary=False)
write("spark-v2", table, version="v2")
write("spark-v2-plain", table, dictionary=False, version="v2")
typed = table.withColumn("timestamp", time)
for column, kind in ("centre_lat", "decimal(9,1)"), ("centre_lon", "decimal(18,2)"), ("cloud_cover", "decimal(30,10)"):
    typed = typed.withColumn(column, f.col(column).cast(kind))
write("spark-int96", typed)
write("spark-legacy", typed, legacy=True)
spark.stop()
