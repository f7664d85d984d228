"""Tests that open real Chromium."""
