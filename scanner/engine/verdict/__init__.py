"""Rules on facts: subjects, doubts, findings, evidence and the verdict that follows."""
