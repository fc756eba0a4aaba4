"""Lists (`rooms`), what is found (`library`), the text (`read`), and what members leave in it (`keep`)."""
