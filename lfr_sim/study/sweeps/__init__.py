"""Sweeps: experiments run into folders, whatever happens, and read back as tables."""
