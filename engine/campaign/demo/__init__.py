"""The sample organisation, places and cases: loaded into an empty installation by driving the real verbs along real
dates.
"""
