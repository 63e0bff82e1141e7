print("hippowatt")
