#!/usr/bin/env python3
"""Sums reports up in a few lines, for what Maven printed nothing about.

summary.py tests FOLDER SINCE      counts of Surefire's reports below FOLDER that are newer than the file SINCE
summary.py coverage FOLDER SINCE   a line for each module of JaCoCo's report in FOLDER, if it is newer than SINCE
summary.py mutations FOLDER        PIT's report in FOLDER
"""
import csv
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree


def tests(folder, since):
    # Counts single tests: if a class has tests of both JUnit and jqwik, the totals in its report are of one kind only.
    count = Counter()
    for report in folder.glob("**/target/surefire-reports/TEST-*.xml"):
        if report.stat().st_mtime >= since:
            for case in ElementTree.parse(report).iter("testcase"):
                outcomes = {child.tag for child in case} & {"failure", "error", "skipped"}
                count["skipped" if outcomes == {"skipped"} else "failed" if outcomes else "passed"] += 1
    print(f"tests: {count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped")


def coverage(folder, since):
    report = folder / "jacoco.csv"
    if not report.exists() or report.stat().st_mtime < since:
        return
    print(f"coverage ({folder / 'index.html'}):")
    modules = {"all": Counter()}
    for row in csv.DictReader(report.open()):
        for name in (row["GROUP"].split("/")[-1], "all"):
            modules.setdefault(name, Counter()).update({key: int(n) for key, n in row.items() if n.isdigit()})
    modules["all"] = modules.pop("all")  # last

    def percent(n, kind):
        covered, missed = n[kind + "_COVERED"], n[kind + "_MISSED"]
        return 100 * covered / (covered + missed) if covered + missed else 100

    for name, n in modules.items():
        print(f"  {name:22} lines {percent(n, 'LINE'):5.1f} %   branches {percent(n, 'BRANCH'):5.1f} %")


def mutations(folder, _):
    outcomes = Counter(row[5] for row in csv.reader((folder / "mutations.csv").open()))
    everything = sum(outcomes.values())
    killed = everything - outcomes["SURVIVED"] - outcomes["NO_COVERAGE"]
    print(f"killed: {killed:,} of {everything:,}, {100 * killed / everything:.1f} % ({folder / 'index.html'})")


command, folder, *since = sys.argv[1:]
{"tests": tests, "coverage": coverage, "mutations": mutations}[command](
    Path(folder), Path(since[0]).stat().st_mtime if since else 0)
