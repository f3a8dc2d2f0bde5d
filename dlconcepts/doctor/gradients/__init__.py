"""What is wrong with a gradient: is it wrong at all, and which single change would make it so?"""
