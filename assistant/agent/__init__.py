"""Gathering evidence with a chat model that calls tools: bounded, traced, checked like any other answer."""
