"""What stands on the pages: functions from numbers to HTML and SVG. Nothing here knows Solara."""
