"""lfr-sim"""
