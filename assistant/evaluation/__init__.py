"""Question sets and benchmark folders in, scoreboards out."""
