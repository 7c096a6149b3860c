"""What the application can do; knows no web and no scheduler."""
