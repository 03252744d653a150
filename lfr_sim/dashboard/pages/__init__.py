"""What each page remembers of one visit and does when the visitor does something. Nothing knows Solara."""
