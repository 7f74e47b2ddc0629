"""The main job, through REST only: figures, projects and bonds come in, the services decide, warnings go out.

One driver for the demonstration, the end-to-end tests and the production edge. It looks before it writes: what a suite has
already is left alone, so that a second run neither fails nor doubles anything.
"""
