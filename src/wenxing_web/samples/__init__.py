"""What a new library opens with: materials written for this project, demo accounts, and a leak to trace."""
