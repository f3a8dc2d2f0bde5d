"""The offline page: one HTML file that asks for nothing from anywhere. Gathers plain values, templates show them."""
