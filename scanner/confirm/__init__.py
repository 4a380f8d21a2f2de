"""What people decide about operations that were seen: from the reviews of saved results to decisions of a policy."""
