"""Rules of the campaign as data; nothing here runs. The modules beside this folder read the files and check them."""
