"""What a measurement leaves behind, and what it says: records, the judge, verdicts in words."""
