"""A county's month, end to end on generated data: for people who want to see what this does before they trust it."""

from consolidator.demo.running import DemoResult, run_demo
from consolidator.demo.terminal import print_page

__all__ = ["DemoResult", "print_page", "run_demo"]
