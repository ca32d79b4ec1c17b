"""Reports of runs and comparisons for people: one page of HTML, Markdown, or a workbook.

reading -> words, charts, moving, checks -> page, markdown, workbook. Everything is computed from
what is in run folders; the replication on the map is simulated once more.
"""
