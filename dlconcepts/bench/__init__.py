"""How fast is it, beside what a user would take instead and beside the machine's own limit?"""
