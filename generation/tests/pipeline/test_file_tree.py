from generation.pipeline.file_tree import draw_tree, tree_of


def test_folders_come_first_and_all_by_name() -> None:
    drawn = draw_tree("main.py app/b.py app/db/c.py README.md app/A.py".split())
    assert drawn.split("\n") == [
        "├── app/",
        "│   ├── db/",
        "│   │   └── c.py",
        "│   ├── A.py",
        "│   └── b.py",
        "├── main.py",
        "└── README.md",
    ]


def test_as_data_every_node_knows_its_path() -> None:
    (app,) = tree_of(["app/db/c.py"])
    assert (app.name, app.path) == ("app", "app")
    assert app.children is not None
    assert app.children[0].children is not None
    assert (app.children[0].path, app.children[0].children[0].path) == ("app/db", "app/db/c.py")
    assert app.children[0].children[0].children is None


def test_no_files_make_no_tree() -> None:
    assert (draw_tree([]), tree_of([])) == ("", ())
