// Files to open: two frames, pictures, texts with and without hidden bytes, a broken picture; in a folder of their own.
#pragma once

#include "tests/app/document_files.h"
#include "tests/app/whole_maps.h"

#include <QTemporaryDir>
#include <QtTest>

class OpenedFiles {
protected:
    OpenedFiles()
    {
        if (!m_folder.isValid())
            qFatal("there is no folder for files");
        m_first = save("first.png", *waves(64, 48));
        m_second = save("second.png", *waves(64, 48, 1.5, -0.75));
        m_picture = save("picture.png", *waves(70, 56));
        m_small = save("small.png", *waves(20, 10));
        m_text = m_folder.filePath("text.txt");
        write(m_text.toStdString(), "The c[MASK]t sat.");
        m_review = m_folder.filePath("review.txt");
        write(m_review.toStdString(), "A fine film.");
        m_broken = m_folder.filePath("broken.png");
        write(m_broken.toStdString(), content(m_picture.toStdString()).substr(0, 60));
    }

    QString save(const char* name, const engine::Image& image)
    {
        const QString path = m_folder.filePath(name);
        if (!QImage(image.rgb.data(), image.width, image.height, image.width * 3, QImage::Format_RGB888).save(path))
            qFatal("%s cannot be written", name);
        return path;
    }

    QTemporaryDir m_folder;
    QString m_first, m_second, m_picture, m_small, m_text, m_review, m_broken;
};
