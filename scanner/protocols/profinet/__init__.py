"""PROFINET: DCP, RT and IO."""
