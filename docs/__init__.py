"""What is read about the product; its Python writes the reference and takes the screenshots."""
