"""What the processes tell of themselves: lines, figures, traces, and what broke."""
